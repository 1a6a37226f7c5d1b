using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Logs;
using StatHub.Core.Logs.Ringserver;

namespace StatHub.Tests.Logs.Ringserver;

public sealed class RingserverDamageTests
{
    private static readonly byte[][] Samples = [.. RingserverSamples.Names.Select(name => Encoding.UTF8.GetBytes(RingserverSamples.Read(name)))];

    [Fact]
    public void Every_prefix_of_every_line_has_one_outcome()
    {
        foreach (var line in Samples.SelectMany(sample => Encoding.UTF8.GetString(sample).Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(Encoding.UTF8.GetBytes))
        {
            Outcomes([]).Should().BeEmpty();
            for (var length = 1; length < line.Length; length++)
                Outcomes(line[..length]).Should().ContainSingle("of {0}", Encoding.UTF8.GetString(line[..length])).Which.IsRefused().Should().BeTrue();
        }
    }

    [Fact]
    public void Damage_takes_no_line_but_those_it_hits_and_what_is_written_is_json()
    {
        var damaged =
            from sample in Gen.Elements(Samples)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from edits in Gen.Choose(1, 20)
            select Damage(sample, seed, edits);

        Prop.ForAll(damaged.ToArbitrary(), log =>
        {
            var read = RingserverLog.Of(log);
            return read.Streams.Count() == read.Report.Entries
                && read.Report.Lines <= log.Count(octet => octet == '\n') + 1
                && read.Report.Entries + read.Report.Refused.Sum(refused => refused.Lines) == read.Journal.Count(c => c == '\n')
                && RingserverLog.Of(log, block: 17).Journal == read.Journal;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void One_damaged_stream_leaves_all_others()
    {
        var lines = RingserverSamples.Read(RingserverSamples.Names[1]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var whole = RingserverLog.Of(string.Join('\n', lines)).Report;
        foreach (var damaged in Enumerable.Range(0, lines.Length).Where(number => lines[number].StartsWith("FDSN:")))
        {
            var report = RingserverLog.Of(string.Join('\n', lines.Select((line, number) => number == damaged ? "\0\u00ff" + line[..10] : line))).Report;

            (report.Entries, report.Begun).Should().Be((whole.Entries - 1, whole.Begun));
            report.Refused.Select(refused => refused.Reason).Should().Equal(LogReason.MissingField, LogReason.BadSum);
        }
    }

    private static byte[] Damage(byte[] log, int seed, int edits)
    {
        var random = new Random(seed);
        var damaged = log.ToArray();
        for (var i = 0; i < edits; i++)
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        return damaged;
    }

    private static List<LogReason> Outcomes(byte[] line)
    {
        var parser = new RingserverParser();
        var outcomes = new List<LogReason>();
        for (var reason = parser.Read(line, out _); reason != LogReason.Blank; reason = ((ILogParser)parser).ReadNext(out _))
            outcomes.Add(reason);
        return outcomes;
    }
}
