using BenchmarkDotNet.Running;

namespace StatHub.Benchmarks;

/// <summary><c>dotnet run -c Release --project bench/StatHub.Benchmarks -- --filter '*Parser*'</c></summary>
internal static class BenchmarkProgram
{
    public static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(BenchmarkProgram).Assembly).Run(args);
}
