-- Asks the paths of a file one after another, again and again; made once, so that sending one costs next to nothing.
-- Prints the percentiles as microseconds: wrk's own table rounds them.
local requests = {}
local at = 0

function init(args)
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, all)
  io.write(string.format("microseconds %d %d\n", latency:percentile(50), latency:percentile(99)))
end
