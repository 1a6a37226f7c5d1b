-- Updates of stats: 1,000 ids, each in one of 100 countries; every report sets a counter, adds to another and sets a gauge. Requests are made before the first is sent:
-- the loader shares the machine with what it measures.
local ids, countries, requests = 1000, 100, {}

init = function()
  for i = 1, 10000 do
    local id = math.random(ids)
    local body = string.format('{"dims":{"country":"c%d"},"counters":{"bytes":%d},"increments":{"requests":1},"gauges":{"online":1}}', id % countries, math.random(1000000))
    requests[i] = wrk.format("POST", "/stats/id" .. id, nil, body)
  end
end

local at = 0
request = function()
  at = at % #requests + 1
  return requests[at]
end
