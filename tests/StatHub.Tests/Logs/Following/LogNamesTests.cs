using StatHub.Storage.Logs.Following;

namespace StatHub.Tests.Logs.Following;

public sealed class LogNamesTests
{
    [Theory]
    [InlineData("access.log.1")]
    [InlineData("access.log.12.gz")]
    [InlineData("access.log.gz")]
    [InlineData("access.log.old")]
    [InlineData("access.log-20261122")]
    [InlineData("access.log-20261122.gz")]
    [InlineData("access.log-2026-11-22_10:00:00")]
    [InlineData("access.log.1763766000")]
    [InlineData("access-20261122.log")]
    [InlineData("access.1.log.gz")]
    [InlineData("access-2026-11-22T10-00-00.000.log")]
    [InlineData("access-2026-11-22T10-00-00.000.log.gz")]
    public void A_number_a_date_or_an_instant_is_of_a_rotation(string name) => new LogNames("/logs/access.log", []).IsRotated(name).Should().BeTrue();

    [Theory]
    [InlineData("access.log")]
    [InlineData("access.log.errors")]
    [InlineData("access.log.bak")]
    [InlineData("access.log.1.xz")]
    [InlineData("access.log.2.gz.tmp")]
    [InlineData("access.log.swp")]
    [InlineData("access.log1")]
    [InlineData("access.log-")]
    [InlineData("access.log.")]
    [InlineData("access-blog.log")]
    [InlineData("access-sorted.log.gz")]
    [InlineData("access-.log")]
    [InlineData("access_copy.log")]
    [InlineData("error.log.1")]
    public void Another_file_is_none_of_the_log(string name) => new LogNames("/logs/access.log", []).IsRotated(name).Should().BeFalse();

    [Fact]
    public void A_log_without_an_extension_has_rotated_files_too()
    {
        var names = new LogNames("/logs/access_log", []);
        names.IsRotated("access_log.1").Should().BeTrue();
        names.IsRotated("access_log-20261122.gz").Should().BeTrue();
        names.IsRotated("access_log_new").Should().BeFalse();
    }

    [Fact]
    public void Another_source_and_its_rotated_files_are_its_own()
    {
        var (first, second) = (new LogNames("/logs/access.log", ["/logs/access-2.log"]), new LogNames("/logs/access-2.log", ["/logs/access.log"]));
        foreach (var name in (string[])["access-2.log", "access-2.log.1", "access-2-20261122.log"])
            first.IsRotated(name).Should().BeFalse(name);
        first.IsRotated("access-3.log").Should().BeTrue();
        second.IsRotated("access-2-20261122.log").Should().BeTrue();
        second.IsRotated("access.log.1").Should().BeFalse();
        new LogNames("/logs/access.log", ["/elsewhere/access-2.log"]).IsRotated("access-2.log").Should().BeTrue("that one is in another folder");
    }
}
