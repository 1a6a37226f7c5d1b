namespace StatHub.Core.Hits;

/// <summary>The fields of a journal line that StatHub knows.</summary>
public enum HitField : byte
{
    /// <summary>A field of a hand-made configuration; it stays in the raw hit.</summary>
    Other,
    Tenant,
    Key,
    Msec,
    TimeIso8601,
    Request,
    Status,
    Args,
    RemoteAddr,
    RemoteUser,
    Referer,
    UserAgent,
    ForwardedFor,
    AcceptLanguage,
    Host,
    Dnt,
    SecGpc,
    Connection,
    ConnectionRequests,
    RequestTime,
    Tv,

    /// <summary>The name of an event.</summary>
    EventId,

    /// <summary>Who caused an event.</summary>
    Uid,

    /// <summary>The format of the log that a hit is of.</summary>
    Log,

    /// <summary>Why a line of a log could not be read.</summary>
    Refused,

    /// <summary>Another field that holds client addresses, or their names.</summary>
    OtherAddress,

    /// <summary>A name that StatHub writes itself: <c>time bot visitor country</c>.</summary>
    Reserved,
}

/// <summary>Names of fields.</summary>
public static class HitFields
{
    /// <summary>How many values the enum has.</summary>
    public const int Count = (int)HitField.Reserved + 1;

    /// <summary>Finds a field by the bytes of its name.</summary>
    public static HitField Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("tv"u8) => HitField.Tv,
        3 when name.SequenceEqual("key"u8) => HitField.Key,
        3 when name.SequenceEqual("uid"u8) => HitField.Uid,
        3 when name.SequenceEqual("log"u8) => HitField.Log,
        3 when name.SequenceEqual("bot"u8) => HitField.Reserved,
        4 when name.SequenceEqual("msec"u8) => HitField.Msec,
        4 when name.SequenceEqual("args"u8) => HitField.Args,
        4 when name.SequenceEqual("time"u8) => HitField.Reserved,
        6 when name.SequenceEqual("tenant"u8) => HitField.Tenant,
        6 when name.SequenceEqual("status"u8) => HitField.Status,
        7 when name.SequenceEqual("request"u8) => HitField.Request,
        7 when name.SequenceEqual("refused"u8) => HitField.Refused,
        7 when name.SequenceEqual("visitor"u8) || name.SequenceEqual("country"u8) => HitField.Reserved,
        8 when name.SequenceEqual("http_dnt"u8) => HitField.Dnt,
        8 when name.SequenceEqual("event_id"u8) => HitField.EventId,
        9 when name.SequenceEqual("http_host"u8) => HitField.Host,
        10 when name.SequenceEqual("connection"u8) => HitField.Connection,
        11 when name.SequenceEqual("remote_addr"u8) => HitField.RemoteAddr,
        11 when name.SequenceEqual("remote_user"u8) => HitField.RemoteUser,
        12 when name.SequenceEqual("time_iso8601"u8) => HitField.TimeIso8601,
        11 when name.SequenceEqual("remote_host"u8) => HitField.OtherAddress,
        12 when name.SequenceEqual("http_referer"u8) => HitField.Referer,
        12 when name.SequenceEqual("http_sec_gpc"u8) => HitField.SecGpc,
        12 when name.SequenceEqual("request_time"u8) => HitField.RequestTime,
        15 when name.SequenceEqual("http_user_agent"u8) => HitField.UserAgent,
        19 when name.SequenceEqual("connection_requests"u8) => HitField.ConnectionRequests,
        20 when name.SequenceEqual("http_x_forwarded_for"u8) => HitField.ForwardedFor,
        20 when name.SequenceEqual("http_accept_language"u8) => HitField.AcceptLanguage,
        _ => IsOtherAddress(name) ? HitField.OtherAddress : HitField.Other,
    };

    private static bool IsOtherAddress(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("realip_remote_addr"u8)
        || name.SequenceEqual("binary_remote_addr"u8)
        || name.SequenceEqual("proxy_protocol_addr"u8)
        || name.SequenceEqual("proxy_add_x_forwarded_for"u8)
        || name.SequenceEqual("http_forwarded"u8)
        || name.SequenceEqual("http_x_real_ip"u8)
        || name.SequenceEqual("http_client_ip"u8)
        || name.SequenceEqual("http_x_client_ip"u8)
        || name.SequenceEqual("http_true_client_ip"u8)
        || name.SequenceEqual("http_cf_connecting_ip"u8)
        || name.SequenceEqual("http_fastly_client_ip"u8);
}
