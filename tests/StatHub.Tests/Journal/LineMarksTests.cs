using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Journal;

namespace StatHub.Tests.Journal;

public class LineMarksTests
{
    [Fact]
    public void From_every_place_the_next_quote_or_backslash_is_found_and_a_control_character_anywhere()
    {
        var marks = new LineMarks();
        var value = Gen.Frequency((20, Gen.Choose(32, 255)), (2, Gen.Constant((int)'"')), (1, Gen.Constant((int)'\\')));
        var control = Gen.Frequency((3, Gen.Constant(-1)), (1, Gen.Choose(0, 31)));
        var lines = from size in Gen.Choose(0, 300) from line in Gen.ArrayOf(value, size) from at in Gen.Choose(0, 300) from c in control select (line, at, c);
        Prop.ForAll(lines.ToArbitrary(), made =>
        {
            var line = made.line.Select(one => (byte)one).ToArray();
            var hasControl = made.c >= 0 && made.at < line.Length;
            if (hasControl)
                line[made.at] = (byte)made.c;
            return marks.TryFind(line) == !hasControl && Enumerable.Range(0, line.Length + 2).All(at => marks.Next(at) == Next(line, at));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static int Next(byte[] line, int at)
    {
        var next = Array.FindIndex(line, Math.Min(at, line.Length), c => c is (byte)'"' or (byte)'\\');
        return next < 0 ? line.Length : next;
    }
}
