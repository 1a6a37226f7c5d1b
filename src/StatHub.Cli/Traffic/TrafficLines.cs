namespace StatHub.Cli.Traffic;

/// <summary>Writes a hit as a line of either format, the newline included.</summary>
internal static class TrafficLines
{
    public static void WriteJournal(LineBuffer line, TrafficHit hit, TrafficClock clock)
    {
        line.Add("{\"tenant\":\""u8);
        line.Add(hit.Site.Tenant);
        line.Add("\",\"key\":\""u8);
        line.Add(hit.Page.Key);
        line.Add("\",\"msec\":"u8);
        line.Add(clock.Milliseconds / 1000);
        line.Add("."u8);
        line.Add(clock.Milliseconds % 1000, 3);
        line.Add(",\"time_iso8601\":\""u8);
        line.Add(clock.Iso8601);
        line.Add("\",\"request\":\""u8);
        WriteRequest(line, hit);
        line.Add("\",\"status\":"u8);
        line.Add(hit.Status);
        line.Add(",\"args\":\""u8);
        line.Add(hit.Query);
        WriteClient(line, hit);
        line.Add(",\"connection\":"u8);
        line.Add(hit.Connection);
        line.Add(",\"connection_requests\":"u8);
        line.Add(hit.ConnectionRequests);
        line.Add(",\"request_time\":0.000}\n"u8);
    }

    public static void WriteCombined(LineBuffer line, TrafficHit hit, TrafficClock clock)
    {
        line.Add(hit.Visitor.Address);
        line.Add(" - - ["u8);
        line.Add(clock.Local);
        line.Add("] \""u8);
        WriteRequest(line, hit);
        line.Add("\" "u8);
        line.Add(hit.Status);
        line.Add(hit.Status == 200 ? " 43 \""u8 : " 0 \""u8);
        line.Add(hit.Referrer.Combined);
        line.Add("\" \""u8);
        line.Add(hit.Visitor.Agent.Combined);
        line.Add("\"\n"u8);
    }

    private static void WriteRequest(LineBuffer line, TrafficHit hit)
    {
        line.Add(hit.IsBeacon ? "POST "u8 : "GET "u8);
        line.Add(hit.Page.Path);
        if (hit.ArgumentsLength > 0)
            line.Add("?"u8);
        line.Add(hit.Query);
        line.Add(" HTTP/1.1"u8);
    }

    private static void WriteClient(LineBuffer line, TrafficHit hit)
    {
        line.Add("\",\"remote_addr\":\""u8);
        line.Add(hit.Visitor.Address);
        line.Add("\",\"remote_user\":\"\",\"http_referer\":\""u8);
        line.Add(hit.Referrer.Json);
        line.Add("\",\"http_user_agent\":\""u8);
        line.Add(hit.Visitor.Agent.Json);
        line.Add("\",\"http_x_forwarded_for\":\""u8);
        line.Add(hit.Visitor.ForwardedFor);
        line.Add("\",\"http_accept_language\":\""u8);
        line.Add(hit.Visitor.Language);
        line.Add("\",\"http_host\":\"hits.example\",\"http_dnt\":\""u8);
        line.Add(hit.Visitor.DoNotTrack);
        line.Add("\",\"http_sec_gpc\":\""u8);
        line.Add(hit.Visitor.GlobalPrivacyControl);
        line.Add("\""u8);
    }
}
