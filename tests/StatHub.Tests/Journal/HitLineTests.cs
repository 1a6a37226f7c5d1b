using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Journal;

namespace StatHub.Tests.Journal;

public class HitLineTests
{
    private static readonly string[] Layouts =
    [
        Lines.Hit(),
        Lines.Hit(key: """\u00e4\"\\""", args: "tv=2.5"),
        """{"key":"a","tenant":"demo", "msec" : 1789999999.123,"other":"x"}""",
        """{"tenant":"demo","tenant":"other","key":"a","ke\u0079":"b","msec":1789999999}""",
        "{" + string.Join(",", Enumerable.Range(0, 80).Select(i => $"\"n{i}\":{i}")) + "}",
        $$"""{"{{new string('n', 300)}}":1,"tenant":"demo"}""",
    ];

    [Fact]
    public void A_line_is_read_the_same_whatever_was_read_before_it()
    {
        var reused = new HitLine();
        Prop.ForAll(Gen.OneOf(Layouts.Select(HitParserTests.Mutated)).ToArbitrary(), line =>
        {
            var fresh = new HitLine();
            return fresh.TryRead(line) == reused.TryRead(line) && fresh.Members.SequenceEqual(reused.Members);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }
}
