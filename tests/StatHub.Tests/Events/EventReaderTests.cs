using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Events;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Events;

public sealed class EventReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 9, 21, 10, 0, 0, 123, TimeSpan.Zero);
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly EventReader _reader = new();

    [Fact]
    public void A_line_has_what_the_ingest_needs_and_the_event_as_it_was_sent()
    {
        Read("""{ "event" : "sign up/1", "uid":"ü\"7", "plan":"pro & more", "value":2.50, "n": 1.0e3, "event_id":"a\u0042" }""").Should().Be(
            """{"tenant":"demo","key":"sign up_1","msec":1789984800.123,"args":"tv=2.5&d.plan=pro%20%26%20more","uid":"ü\"7","event_id":"aB","event":{"event":"sign up/1","uid":"ü\"7","plan":"pro & more","value":2.50,"n":1.0e3,"event_id":"a\u0042"}}""" + "\n");
        _reader.Ids.Should().Equal("aB");
    }

    [Theory]
    [InlineData("", "_")]
    [InlineData("a/b\\u0001\\u0085c", "a_b__c")]
    [InlineData("\\ud83d\\ude00", "😀")]
    public void The_name_becomes_a_key(string name, string key)
    {
        var line = JsonDocument.Parse(Read($$"""{"event":"{{name}}","uid":""}""")).RootElement;

        line.GetProperty("key").GetString().Should().Be(key);
    }

    [Fact]
    public void A_long_name_is_cut_behind_a_whole_character()
    {
        var key = JsonDocument.Parse(Read($$"""{"event":"{{new string('x', 127)}}é","uid":""}""")).RootElement.GetProperty("key").GetString()!;

        key.Should().Be(new string('x', 127));
        HitKey.TryParse(key, out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0.1234567", "-0.123457")]
    [InlineData("1e3", "1000")]
    [InlineData("999999999999.9999994", "999999999999.999999")]
    [InlineData("1e-30", "0")]
    public void The_value_is_a_number_of_six_digits_behind_the_point(string number, string value) =>
        Read($$"""{"event":"a","uid":"","value":{{number}}}""").Should().Contain($"\"args\":\"tv={value}\"");

    [Theory]
    [InlineData("999999999999.9999996")]
    [InlineData("-1e12")]
    [InlineData("1e400")]
    public void A_value_that_is_too_large_is_refused(string number)
    {
        _reader.TryRead(Encoding.UTF8.GetBytes($$"""{"event":"a","uid":"","value":{{number}}}"""), EventForm.Classic, Demo, Now).Should().BeFalse();
        _reader.Errors.Should().ContainSingle(error => error.Field == "value");
    }

    [Fact]
    public void A_text_in_value_is_a_dimension_and_eight_of_them_are_all()
    {
        var fields = string.Join(",", Enumerable.Range(0, 10).Select(i => $"\"f{i}\":\"v\""));

        Read($$"""{"event":"a","uid":"","value":"high","bad name":"x",{{fields}}}""").Should().Contain("\"args\":\"d.value=high&d.f0=v&d.f1=v&d.f2=v&d.f3=v&d.f4=v&d.f5=v&d.f6=v\"");
    }

    [Fact]
    public void Nothing_in_an_event_looks_like_the_beginning_of_a_line()
    {
        var line = Encoding.UTF8.GetBytes(Read("""{"event":"a","uid":"","x":{"tenant":"other","key":"k","msec":1},"y":[{"tenant":"z"}],"z":"{\"tenant\":\"q\""}"""));

        HitLine.NextBeginning(line).Should().Be(0);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_kept_in_a_value_and_refused_in_a_name()
    {
        Read("""{"event":"a","uid":"","x":"\ud800","y\udc00":1}""").Should().EndWith("""{"event":"a","uid":"","x":"\ud800","y\udc00":1}}""" + "\n");
        _reader.TryRead("""{"event":"\ud800","uid":""}"""u8, EventForm.Classic, Demo, Now).Should().BeFalse();
    }

    /// <summary>Whatever JSON a client sends: the line is one hit, and what comes back of it is what was sent.</summary>
    [Fact]
    public void Every_event_that_is_taken_comes_back_as_it_was_sent()
    {
        var random = new Random(11);
        for (var i = 0; i < 3000; i++)
        {
            var sent = RandomEvent(random);
            _reader.TryRead(Encoding.UTF8.GetBytes(sent), EventForm.Classic, Demo, Now).Should().BeTrue(sent);
            var line = _reader.Lines.ToArray().AsSpan()[..^1];
            HitLine.NextBeginning(line).Should().Be(0);
            new HitParser().Read(line, JournalFileName.LiveFile, Now.ToUnixTimeMilliseconds(), out var hit).Should().Be(RejectReason.None, sent);
            hit.UnixMilliseconds.Should().Be(Now.ToUnixTimeMilliseconds());
            var flat = new ArrayBufferWriter<byte>();
            StoredEvent.TryWrite(Stored(line), _reader.Ids[0].ToUpperInvariant(), flat).Should().BeTrue(sent);
            var found = JsonDocument.Parse(flat.WrittenMemory).RootElement;
            var members = JsonDocument.Parse(sent).RootElement.EnumerateObject().Where(member => member.Name is not ("event_id" or "time")).ToList();
            found.EnumerateObject().SkipLast(2).Select(member => (member.Name, Compact(member.Value))).Should().Equal(members.Select(member => (member.Name, Compact(member.Value))));
        }
    }

    /// <summary>Cut anywhere, or with any byte replaced, a body is refused or taken; it never throws and never leaves half a line.</summary>
    [Fact]
    public void Damaged_bodies_never_throw_and_give_whole_lines_or_none()
    {
        var body = Encoding.UTF8.GetBytes("""[{"measurement":"cpu","tags":{"host":"w\u00e9b","n":7},"fields":{"value":1.5,"x":null,"t":"a"}},{"measurement":"m","fields":{"deep":[{"a":[1,2]}]}}]""");
        for (var i = 0; i <= body.Length; i++)
        {
            Check(body.AsSpan(0, i));
            for (var octet = 0; octet < 256 && i < body.Length; octet += 5)
            {
                var damaged = body.ToArray();
                damaged[i] = (byte)octet;
                Check(damaged);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_refused_or_taken() =>
        Prop.ForAll<byte[]>(bytes => Check(bytes)).QuickCheckThrowOnFailure();

    private void Check(ReadOnlySpan<byte> body)
    {
        foreach (var form in Enum.GetValues<EventForm>())
        {
            var isRead = _reader.TryRead(body, form, Demo, Now);
            isRead.Should().Be(_reader.Errors.Count == 0);
            if (!isRead)
                continue;
            var lines = Encoding.UTF8.GetString(_reader.Lines.Span).Split('\n');
            lines[^1].Should().BeEmpty();
            foreach (var line in lines[..^1])
                new HitParser().Read(Encoding.UTF8.GetBytes(line), JournalFileName.LiveFile, Now.ToUnixTimeMilliseconds(), out _).Should().Be(RejectReason.None, line);
        }
    }

    private string Read(string body)
    {
        _reader.TryRead(Encoding.UTF8.GetBytes(body), EventForm.Classic, Demo, Now).Should().BeTrue(string.Join(" ", _reader.Errors));
        return Encoding.UTF8.GetString(_reader.Lines.Span);
    }

    private static byte[] Stored(ReadOnlySpan<byte> line)
    {
        var parser = new HitParser();
        parser.Read(line, JournalFileName.LiveFile, long.MaxValue / 2, out var hit);
        var target = new ArrayBufferWriter<byte>();
        StoredHit.Write(hit, line, parser.Line.Members, new StatHub.Core.Dimensions.HitDimensions(), StatHub.Core.Privacy.AddressTreatment.Truncated, target);
        return target.WrittenSpan[..^1].ToArray();
    }

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);

    private static string RandomEvent(Random random)
    {
        var members = new List<string> { "\"event\":" + RandomText(random), "\"uid\":" + RandomText(random) };
        for (var i = random.Next(6); i > 0; i--)
            members.Insert(random.Next(members.Count + 1), $"\"m{i}{random.Next(3)}{i}\" :{RandomValue(random, 3)}");
        if (random.Next(3) == 0)
            members.Add("\"event_id\":\"id " + random.Next() + "\"");
        return "{" + string.Join(" ,", members) + "\n}";
    }

    private static string RandomValue(Random random, int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => $"{random.Next(-1000, 1000)}.{random.Next(100)}0",
        3 => $"{random.Next(1000)}E+{random.Next(30)}",
        4 or 5 => RandomText(random),
        6 => "[ " + string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))) + "]",
        _ => "{" + string.Join(",\t", Enumerable.Range(0, random.Next(4)).Select(i => $"\"{(i == 0 ? "tenant" : $"k{i}")}\": {RandomValue(random, depth - 1)}")) + " }",
    };

    private static string RandomText(Random random)
    {
        string[] parts = ["a", "{\\\"tenant\\\":\\\"", "/", "\\u0000", "é", "😀", "\\ud83d\\ude00", " ", "&d.x=1", "%41", "\\\\", "\u2028", "\u007f"];
        return "\"" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => parts[random.Next(parts.Length)])) + "\"";
    }
}
