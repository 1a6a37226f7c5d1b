-- Updates of stats: 1,000 ids, each in one of 100 countries; every report sets a counter, adds to another and sets a gauge.
local ids, countries = 1000, 100

request = function()
  local id = math.random(ids)
  local body = string.format('{"dims":{"country":"c%d"},"counters":{"bytes":%d},"increments":{"requests":1},"gauges":{"online":1}}', id % countries, math.random(1000000))
  return wrk.format("POST", "/stats/id" .. id, nil, body)
end
