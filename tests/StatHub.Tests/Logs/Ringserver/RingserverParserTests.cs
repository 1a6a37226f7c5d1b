using System.Text;
using StatHub.Core.Logs;
using StatHub.Core.Logs.Ringserver;
using static StatHub.Tests.Logs.Ringserver.RingserverLog;

namespace StatHub.Tests.Logs.Ringserver;

public sealed class RingserverParserTests
{
    private const string Start = "START CLIENT data.example.org [203.0.113.7] (SeedLink|slinktool/4.11) @ 2026-11-22T01:36:35Z (connected 2026-11-22T01:36:22Z) TX\n";
    private const string End = "END CLIENT data.example.org [203.0.113.7] total TX bytes: ";
    private const string Json =
        """{"log_time":"2026-11-22T01:36:53Z","client":{"ip":"127.0.0.1","hostname":"localhost"},"transfer_direction":"TX","streams":[{"stream_id":"FDSN:FR_SURF_00_H_H_Z/MSEED","bytes":10,"packets":1}],"transfer_bytes":10}""";

    public static TheoryData<string> Samples => [.. RingserverSamples.Names];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_read_whole(string name)
    {
        var text = RingserverSamples.Read(name);
        var expected = RingserverSamples.Streams(text);

        var log = Of(text);

        log.Faults.Should().BeEmpty();
        log.Report.Lines.Should().Be(text.Count(c => c == '\n'));
        (log.Report.Entries, log.Report.Bytes, log.Report.BadLines).Should().Be((expected.Count, expected.Sum(stream => stream.Bytes), 0));
        log.Report.Begun.Should().Be(name.Contains("2020") ? 3 : 2);
        log.Streams.Select(line => new SampleStream(
            Day(line.GetProperty("msec").GetDecimal()), Dimension(line, "network")!, Dimension(line, "station")!, Dimension(line, "location") ?? "", Dimension(line, "channel")!, Dimension(line, "direction")!,
            Dimension(line, "agent") ?? "", line.GetProperty("remote_host").GetString()!, line.GetProperty("tv").GetInt64(), line.GetProperty("packets").GetInt64())).Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_recognised_and_carriage_returns_blocks_and_blank_lines_change_nothing(string name)
    {
        var text = RingserverSamples.Read(name);
        var whole = Of(text);

        LogFormat.Recognise(Encoding.UTF8.GetBytes(text)).Should().Be(LogFormat.Ringserver);
        LogFormat.Recognise(Encoding.UTF8.GetBytes(text[..200])).Should().Be(name.EndsWith('l') ? null : LogFormat.Ringserver);
        Of(text.Replace("\n", "\r\n")).Journal.Should().Be(whole.Journal);
        Of(text.Replace("\n", "\n\n")).Report.Lines.Should().Be(whole.Report.Lines);
        foreach (var block in (int[])[1, 7, 100])
            Of(text, block).Journal.Should().Be(whole.Journal);
    }

    [Fact]
    public void A_journal_line_says_what_the_line_said()
    {
        var hash = Uri.EscapeDataString(HostHash.Unkeyed.Of("data.example.org"u8));

        Of($"{Start}FDSN:G_CAN__B_H_Z/MSEED3 1024 2\n{End}1024\n").Journal.Should().Be(
            $$"""
            {"tenant":"demo","key":"ringserver","msec":1795311395.000,"log":"ringserver","args":"d.network=G&d.station=CAN&d.channel=BHZ&d.direction=TX&d.agent=slinktool%2F4.11&d.hosthash={{hash}}","tv":1024,"remote_addr":"203.0.113.7","remote_host":"data.example.org","stream":"FDSN:G_CAN__B_H_Z/MSEED3","mode":"SeedLink","packets":2}

            """);
    }

    [Theory]
    [InlineData("localhost [127.0.0.1] (SeedLink|Client)", "localhost", "127.0.0.1", "Client")]
    [InlineData("my_host.example [2001:db8::1] (DataLink|a|b)", "my_host.example", "2001:db8::1", "a|b")]
    [InlineData("fe80::1%eth0 [fe80::1%eth0] (SeedLink|)", "fe80::1%eth0", "fe80::1", null)]
    [InlineData("::ffff:192.0.2.1 [::ffff:192.0.2.1] (Unknown|x) @ 2020-01-01 00:00:00 (connected 2020-01-01 00:00:00) RX)", "::ffff:192.0.2.1", "::ffff:192.0.2.1", "x) @ 2020-01-01 00:00:00 (connected 2020-01-01 00:00:00) RX")]
    [InlineData("h [192.0.2.1] (HTTP|Mozilla/5.0 (X11; [x] (y) é)", "h", "192.0.2.1", "Mozilla/5.0 (X11; [x] (y) é")]
    public void Clients_of_any_name_and_address_are_read(string client, string host, string address, string? agent)
    {
        var line = Of($"START CLIENT {client} @ 2026-11-22 01:36:17 (connected 2026-11-22 01:36:05) RX\nFR_SURF_00_HHZ/MSEED 1 1\n").Streams.Should().ContainSingle().Which;

        (line.GetProperty("remote_host").GetString(), line.GetProperty("remote_addr").GetString(), Dimension(line, "agent"), Dimension(line, "direction")).Should().Be((host, address, agent, "RX"));
        line.GetProperty("msec").GetDecimal().Should().Be(1_795_311_377m);
    }

    [Theory]
    [InlineData("FR_SURF_00_HHZ/MSEED", "FR", "SURF", "00", "HHZ")]
    [InlineData("FDSN:FR_SURF_00_H_H_Z/MSEED3", "FR", "SURF", "00", "HHZ")]
    [InlineData("G_CAN__BHZ/MSEED", "G", "CAN", null, "BHZ")]
    [InlineData("FDSN:XX_A-B_10-1_L_FOO_1", "XX", "A-B", "10-1", "L_FOO_1")]
    [InlineData("FDSN:XX_AB___TILT_/TEXT", "XX", "AB", null, "_TILT_")]
    [InlineData("_AB__LOG/MSEED", null, "AB", null, "LOG")]
    public void Names_of_streams_are_taken_apart(string name, string? network, string station, string? location, string channel)
    {
        var line = Of($"{Start}{name} 5 1\n").Streams.Should().ContainSingle().Which;

        (Dimension(line, "network"), Dimension(line, "station"), Dimension(line, "location"), Dimension(line, "channel")).Should().Be((network, station, location, channel));
    }

    [Theory]
    [InlineData("nonsense", "missing_field")]
    [InlineData("nonsense 1 1", "bad_stream")]
    [InlineData("FR__00_HHZ/MSEED 1 1", "bad_stream")]
    [InlineData("FR_SU\"F_00_HHZ/MSEED 1 1", "bad_stream")]
    [InlineData("FR_SURF_00_H_H_Z_X/MSEED 1 1", "bad_stream")]
    [InlineData("FR_SURF_00_HHZ/MSEED 1 1 1", "bad_stream")]
    [InlineData("FR_SURF_00_HHZ/MSEED 1", "missing_field")]
    [InlineData("FR_SURF_00_HHZ/MSEED one 1", "bad_bytes")]
    [InlineData("FR_SURF_00_HHZ/MSEED -1 1", "bad_bytes")]
    [InlineData("FR_SURF_00_HHZ/MSEED 1.5 1", "bad_bytes")]
    [InlineData("FR_SURF_00_HHZ/MSEED 1000000000000 1", "bad_bytes")]
    [InlineData("FR_SURF_00_HHZ/MSEED 1 FR_SURF_00_HHZ/MSEED", "bad_bytes")]
    public void A_bad_stream_loses_nothing_but_itself(string line, string reason)
    {
        var log = Of($"{Start}FR_SURF_00_HHZ/MSEED 7 1\n{line}\nFR_SURF_00_HHN/MSEED 8 1\n");

        log.Faults.Should().Equal($"3 {reason}");
        (log.Report.Entries, log.Report.Bytes, log.Report.BadLines, log.Report.Lines).Should().Be((2, 15, 1, 4));
        log.Journal.Should().Contain($$"""{"tenant":"demo","log":"ringserver","refused":"{{reason}}","line":""");
    }

    [Theory]
    [InlineData("16", "4 bad_sum")]
    [InlineData("-15", "4 bad_bytes")]
    [InlineData("15x", "4 bad_bytes")]
    [InlineData("15", null)]
    [InlineData("18446744073709551615", "4 bad_sum")]
    public void A_sum_that_is_not_that_of_the_streams_is_told_and_the_streams_count(string sum, string? fault)
    {
        var log = Of($"{Start}FR_SURF_00_HHZ/MSEED 7 1\nFR_SURF_00_HHN/MSEED 8 1\n{End}{sum}\n");

        log.Faults.Should().Equal(fault is null ? [] : [fault]);
        (log.Report.Entries, log.Report.Bytes, log.Report.Begun).Should().Be((2, 15, 1));
    }

    [Fact]
    public void An_entry_without_its_end_and_what_no_start_precedes_are_told()
    {
        const string stream = "FR_SURF_00_HHZ/MSEED 5 1\n";
        var log = Of(stream + End + "5\n" + Start + stream + Start + stream + End + "5\n" + stream + Start.Replace("2026", "year") + stream + End + "5\n" + Start + stream);

        log.Faults.Should().Equal("1 no_start", "2 no_start", "5 no_end", "8 no_start", "9 bad_time", "10 no_start");
        (log.Report.Entries, log.Report.Begun, log.Report.BadLines, log.Report.Lines).Should().Be((3, 3, 6, 13));
    }

    [Fact]
    public void The_end_of_another_client_or_direction_ends_nothing()
    {
        const string stream = "FR_SURF_00_HHZ/MSEED 5 1\n";
        var log = Of(Start + stream + End.Replace(".7]", ".8]") + "5\n" + stream + End.Replace("TX", "RX") + "10\n" + End + "10\n");

        log.Faults.Should().Equal("3 no_start", "5 no_start");
        log.Report.Entries.Should().Be(2);
    }

    [Theory]
    [InlineData("[203.0.113.7]", "[203.0.113.777]", "1 bad_client")]
    [InlineData("data.example.org", "a\"b", "1 bad_client")]
    [InlineData("22Z) TX", "99Z) TX", "1 bad_time")]
    [InlineData(") TX", ") XX", "1 bad_direction", "2 no_start")]
    [InlineData(":35Z", ":61Z", "1 bad_time", "2 no_start")]
    [InlineData(" [", " ", "1 missing_field", "2 no_start")]
    public void A_start_that_says_when_it_was_loses_no_stream(string right, string wrong, params string[] faults)
    {
        var log = Of($"{Start.Replace(right, wrong)}FR_SURF_00_HHZ/MSEED 5 1\n{End.Replace(right, wrong)}5\n");

        log.Faults.Should().StartWith(faults);
        log.Report.Entries.Should().Be(faults.Length == 1 ? 1 : 0);
    }

    [Theory]
    [InlineData("\"bytes\":10,", "\"bytes\":\"x\",", "1 bad_bytes", "1 bad_sum")]
    [InlineData("FDSN:FR_SURF_00_H_H_Z", "FR", "1 bad_stream")]
    [InlineData("\"packets\":1", "\"packets\":[1]", "1 bad_bytes")]
    [InlineData("\"transfer_bytes\":10", "\"transfer_bytes\":11", "1 bad_sum")]
    [InlineData("\"transfer_bytes\":10", "\"transfer_bytes\":null", "1 bad_sum")]
    [InlineData("\"transfer_bytes\":10", "\"transfer_bytes\":[10]", "1 bad_sum")]
    [InlineData("\"transfer_bytes\":10", "\"transfer_bytes\":[10", "1 bad_json")]
    [InlineData("\"transfer_bytes\":10", "\"x\":{\"ip\":[1]}")]
    [InlineData("127.0.0.1", "2001:db8::1")]
    [InlineData("127.0.0.1", "localhost", "1 bad_client")]
    [InlineData("{\"ip\":\"127.0.0.1\",\"hostname\":\"localhost\"}", "\"x\"", "1 bad_client")]
    [InlineData("\"TX\"", "\"NO\"", "1 bad_direction")]
    [InlineData("01:36:53", "25:36:53", "1 bad_time")]
    [InlineData("\"streams\"", "\"stream\"", "1 missing_field")]
    [InlineData("\"streams\":[", "\"streams\":[7,", "1 bad_bytes")]
    [InlineData("}]", "]", "1 bad_json")]
    [InlineData("localhost", "\\ud800", "1 bad_json")]
    public void What_is_wrong_in_json_loses_nothing_but_itself(string right, string wrong, params string[] faults)
    {
        var log = Of($"{Json.Replace(right, wrong)}\n{Json}\n");

        log.Faults.Should().Equal(faults);
        log.Report.BadLines.Should().Be(Math.Min(1, faults.Length));
        log.Report.Entries.Should().BeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public void A_line_of_thousands_of_streams_is_read_and_one_without_end_is_bounded()
    {
        var streams = string.Join(",", Enumerable.Range(0, 8_000).Select(number => $$"""{"stream_id":"FDSN:FR_S{{number}}_00_H_H_Z/MSEED","bytes":10,"packets":1}"""));
        var log = Of($"{Json.Replace("\"streams\":[", $"\"streams\":[{streams},").Replace("_bytes\":10", "_bytes\":80010")}\n{new string('x', 5_000_000)}\n{Json}\n", block: 1 << 20);

        log.Faults.Should().Equal("2 too_long");
        (log.Report.Begun, log.Report.Entries, log.Report.Bytes).Should().Be((2, 8_002, 80_020));
    }

    private static string Day(decimal seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
