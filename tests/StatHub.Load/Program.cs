using StatHub.Load;

var parsed = new LoadCommand().Parse(args);
return parsed.Errors.Count > 0 ? await parsed.InvokeAsync() * 2 : await parsed.InvokeAsync();
