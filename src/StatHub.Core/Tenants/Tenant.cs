namespace StatHub.Core.Tenants;

/// <summary>An owner of hits.</summary>
/// <param name="Id">Its name in URLs and journal lines.</param>
/// <param name="Name">What people call it; at most 200 characters.</param>
/// <param name="RetentionDays">How many days raw hits are kept, 1 to 36,500; null keeps them for ever.</param>
/// <param name="CreatedAt">When it was registered, or registered again after an erase.</param>
public sealed record Tenant(TenantId Id, string Name, int? RetentionDays, DateTimeOffset CreatedAt);
