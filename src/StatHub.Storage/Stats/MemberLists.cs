using System.Security.Cryptography;
using System.Text;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>The members of sets, a row each, by their hash: a million of them is in no memory. Within a transaction.</summary>
internal sealed class MemberLists(Writer writer)
{
    private const int HashBytes = 16;

    private long? _last;

    /// <summary>The number of a new list. Every list has a member, so the last of them tells the last number.</summary>
    public long New()
    {
        _last ??= writer.Sql("SELECT max(list) FROM member").Number() ?? 0;
        _last++;
        return _last.Value;
    }

    /// <summary>Adds a member; false when the list has it.</summary>
    public bool Add(long list, byte[] hash) => writer.Sql("INSERT OR IGNORE INTO member (list, hash) VALUES (?1, ?2)").Run(list, hash) > 0;

    /// <summary>Nobody knows any more what the file has.</summary>
    public void Forget() => _last = null;

    public static byte[] Hash(string member) => SHA256.HashData(Encoding.UTF8.GetBytes(member))[..HashBytes];
}
