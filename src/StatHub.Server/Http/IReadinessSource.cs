namespace StatHub.Server.Http;

/// <summary>A feature's share in whether the service does its work.</summary>
internal interface IReadinessSource
{
    /// <summary>What is wrong at the moment, a sentence each; empty when all is well.</summary>
    IEnumerable<string> Reasons();
}
