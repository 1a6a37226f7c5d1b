namespace StatHub.Server.Http;

/// <summary>A feature's metrics.</summary>
internal interface IMetricSource
{
    void WriteTo(PrometheusText text);
}
