-- Requests as browsers send them, over 500 keys; made once, so that sending one costs next to nothing.
local requests = {}
local at = 0

function init(args)
  wrk.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
  wrk.headers["Referer"] = "https://www.demo.example/blog"
  wrk.headers["Accept-Language"] = "en-US,en;q=0.9"
  for i = 1, 500 do
    requests[i] = wrk.format("GET", string.format("/p/demo/page-%03d?tv=%d&s=390x844", i, i))
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
