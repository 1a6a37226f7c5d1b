using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Logs;

namespace StatHub.Tests.Logs;

public sealed class LogLinesTests
{
    private readonly List<string> _read = [];
    private readonly LogLines _lines;

    public LogLinesTests() => _lines = new LogLines(line => _read.Add(Encoding.Latin1.GetString(line)));

    [Fact]
    public void Blocks_of_any_length_give_the_same_lines() => Prop.ForAll<byte[], ushort>(Holds).QuickCheckThrowOnFailure();

    private static void Holds(byte[] text, ushort seed)
    {
        // Newlines are rare among random bytes.
        text = [.. text.Select(one => one % 5 == 0 ? (byte)'\n' : one)];
        var read = new List<string>();
        var lines = new LogLines(line => read.Add(Encoding.Latin1.GetString(line)));
        var random = new Random(seed);

        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(text.Length - at, random.Next(4));
            lines.Add(text.AsSpan(at, length));
            at += length;
        }
        lines.End();

        var expected = Encoding.Latin1.GetString(text).Split('\n');
        read.Should().Equal(expected[^1].Length == 0 ? expected[..^1] : expected);
    }

    [Fact]
    public void A_line_that_is_too_long_is_cut_and_the_next_one_is_whole()
    {
        Add(new string('x', 100_000));
        Add(new string('x', 100_000) + "\nnext\n");

        _read.Select(line => line.Length).Should().Equal(CombinedParser.MaxLineBytes + 1, 4);
    }

    [Fact]
    public void The_rest_of_a_line_that_was_begun_elsewhere_is_passed_over()
    {
        Add("begun");
        _lines.Restart(isWithin: true);
        Add("rest of ano");
        Add("ther\nwhole\n");

        _read.Should().Equal("whole");
    }

    private void Add(string text) => _lines.Add(Encoding.Latin1.GetBytes(text));
}
