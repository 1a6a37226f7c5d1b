using StatHub.Server.Http;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>What became of notifications since the start.</summary>
internal sealed class WebhookMeter(SqliteAlerts alerts) : IMetricSource
{
    private long _sent;
    private long _failed;
    private long _givenUp;

    public void Sent() => Interlocked.Increment(ref _sent);

    public void Failed() => Interlocked.Increment(ref _failed);

    public void GivenUp() => Interlocked.Increment(ref _givenUp);

    public void WriteTo(PrometheusText text) => text
        .Metric("stathub_notifications_sent_total", "counter", "Notifications that their receiver took.")
        .Sample("stathub_notifications_sent_total", Interlocked.Read(ref _sent))
        .Metric("stathub_notifications_failed_total", "counter", "Tries that a receiver did not take; most are made again.")
        .Sample("stathub_notifications_failed_total", Interlocked.Read(ref _failed))
        .Metric("stathub_notifications_dropped_total", "counter", "Notifications that were given up, or were too many for their receiver.")
        .Sample("stathub_notifications_dropped_total", Interlocked.Read(ref _givenUp) + alerts.Dropped)
        .Metric("stathub_notifications_waiting", "gauge", "Notifications that wait for their receiver.")
        .Sample("stathub_notifications_waiting", alerts.Outbox.Count);
}
