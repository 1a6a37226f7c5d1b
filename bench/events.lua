-- Events over one body a request, in batches where the first argument says how many. wrk <address> -- <events a request>
local size = 1

local function event(number)
  return string.format(
    '{"event":"%s","uid":"user-%d","plan":"%s","path":"/articles/%d","value":%d.5,"build":"2026.11.%d"}',
    ({ "signup", "order", "view", "search" })[number % 4 + 1], number % 5000, ({ "free", "pro", "team" })[number % 3 + 1], number % 200, number % 90, number % 9)
end

function init(arguments)
  size = tonumber(arguments[1]) or 1
  math.randomseed(7)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

-- Making the text of a request costs more than sending it, and the loader is not what is measured: each is made once.
local requests = {}

function request()
  local number = math.random(1, size == 1 and 2000 or 20)
  if not requests[number] then
    local events = {}
    for i = 1, size do events[i] = event(number * 7919 + i) end
    requests[number] = wrk.format(nil, nil, nil, size == 1 and events[1] or "[" .. table.concat(events, ",") .. "]")
  end
  return requests[number]
end
