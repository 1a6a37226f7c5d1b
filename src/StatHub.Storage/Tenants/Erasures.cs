using System.Text.Json;
using System.Text.Json.Serialization;
using StatHub.Core.Tenants;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Tenants;

/// <summary>
/// Which tenants were erased, and when, in a file beside the database. An erase is noted before it is done, so it outlives a database that is
/// replaced by an older copy. See docs/formats/data-folder.md.
/// </summary>
internal sealed class Erasures(string folder)
{
    public const string FileName = "erasures.jsonl";

    private readonly Lock _gate = new();
    private int _appended;

    // What the file had when it was so long: it is not read again for each tenant.
    private (long Length, long Whole, Dictionary<TenantId, long> Latest)? _known;

    /// <summary>Where the file is, once there was an erase.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, FileName);

    /// <summary>How many erases were begun in this process.</summary>
    public int Appended => Volatile.Read(ref _appended);

    /// <summary>The length of all whole lines.</summary>
    public long WholeLength => Whole(Bytes()).Length;

    /// <summary>Notes an erase; it is durable when this returns.</summary>
    /// <param name="tenant">Who is to be erased.</param>
    /// <param name="erasedAt">Unix milliseconds.</param>
    public void Append(TenantId tenant, long erasedAt)
    {
        // Whoever copies what is to be erased sees it first.
        Interlocked.Increment(ref _appended);
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(new Erasure(tenant.ToString(), erasedAt), ErasureJson.Default.Erasure), (byte)'\n'];
        lock (_gate)
        {
            var known = Known();
            _known = null;
            // What a crash left of a line is written over: that erase was not done.
            var end = known?.Whole ?? Whole(Bytes()).Length;
            Write(line, end);
            if (known is not { Latest: var latest })
                return;
            latest[tenant] = Math.Max(latest.GetValueOrDefault(tenant), erasedAt);
            _known = (end + line.Length, end + line.Length, latest);
        }
    }

    /// <summary>The latest erase of a tenant, in Unix milliseconds; null when there was none.</summary>
    /// <exception cref="StoreException">A line before the last is none: who was erased is not known.</exception>
    public long? ErasedAt(TenantId tenant)
    {
        lock (_gate)
            return Latest().TryGetValue(tenant, out var at) ? at : null;
    }

    /// <summary>The latest erase of each tenant, in Unix milliseconds.</summary>
    /// <exception cref="StoreException">A line before the last is none: who was erased is not known.</exception>
    public IReadOnlyDictionary<TenantId, long> Read()
    {
        lock (_gate)
            return new Dictionary<TenantId, long>(Latest());
    }

    /// <summary>Notes the erases of another file that are not known here.</summary>
    public void Merge(Erasures other)
    {
        var known = Read();
        foreach (var (tenant, erasedAt) in other.Read())
        {
            if (!known.TryGetValue(tenant, out var at) || at < erasedAt)
                Append(tenant, erasedAt);
        }
    }

    private void Write(byte[] line, long end)
    {
        using (var file = File.OpenHandle(Path, FileMode.OpenOrCreate, FileAccess.Write))
        {
            RandomAccess.SetLength(file, end);
            RandomAccess.Write(file, line, end);
            RandomAccess.FlushToDisk(file);
        }
        // Also when the file was there: a try before may have made it and failed here.
        Libc.SyncFolder(folder);
    }

    private (long Length, long Whole, Dictionary<TenantId, long> Latest)? Known()
    {
        var file = new FileInfo(Path);
        return _known is { } known && known.Length == (file.Exists ? file.Length : 0) ? known : null;
    }

    private Dictionary<TenantId, long> Latest()
    {
        if (Known() is { Latest: var known })
            return known;
        var bytes = Bytes();
        var whole = Whole(bytes);
        var latest = new Dictionary<TenantId, long>();
        var number = 0;
        foreach (var range in whole.Span.Split((byte)'\n'))
        {
            number++;
            var line = whole.Span[range];
            if (line.IsEmpty)
                continue;
            if (Parse(line) is not { } erasure || !TenantId.TryParse(erasure.Tenant, out var tenant))
                throw new StoreException($"Line {number} of {Path} is no erasure. Restore the file from a backup, or remove the line when the tenant that it named is known to be erased.");
            latest[tenant] = Math.Max(latest.GetValueOrDefault(tenant), erasure.ErasedAt);
        }
        _known = (bytes.Length, whole.Length, latest);
        return latest;
    }

    private byte[] Bytes() => File.Exists(Path) ? File.ReadAllBytes(Path) : [];

    private static ReadOnlyMemory<byte> Whole(byte[] bytes) => bytes.AsMemory(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1);

    private static Erasure? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ErasureJson.Default.Erasure);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A line of the file.</summary>
internal sealed record Erasure(string Tenant, long ErasedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Erasure))]
internal sealed partial class ErasureJson : JsonSerializerContext;
