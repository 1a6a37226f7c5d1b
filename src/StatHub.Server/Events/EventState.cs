using StatHub.Server.Http;

namespace StatHub.Server.Events;

/// <summary>How the intake of events does.</summary>
internal sealed class EventState(EventIntake intake) : IReadinessSource, IMetricSource
{
    public IEnumerable<string> Reasons()
    {
        if (intake.Problem is { } problem)
            yield return $"Events cannot be taken: {problem}";
    }

    public void WriteTo(PrometheusText text)
    {
        text.Metric("stathub_events_accepted_total", "counter", "Events that were brought to disk.").Sample("stathub_events_accepted_total", intake.Accepted);
        text.Metric("stathub_event_requests_refused_total", "counter", "Requests whose events were faulty.").Sample("stathub_event_requests_refused_total", intake.Refused);
        text.Metric("stathub_events_failed_total", "counter", "Events that could not be brought to disk.").Sample("stathub_events_failed_total", intake.Failed);
    }
}
