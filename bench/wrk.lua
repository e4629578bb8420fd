-- For wrk: each thread asks the port $SPREAD further on than the one before; the report is one line of JSON.
local threads = 0

function setup(thread)
   local port = wrk.port + threads * tonumber(os.getenv("SPREAD"))
   thread.addr = wrk.lookup(wrk.host, tostring(port))[1]
   threads = threads + 1
end

function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.write + errors.status + errors.timeout
   print(string.format(
      '{"requests": %d, "seconds": %.3f, "failed": %d, "closed": %d, "p50_ms": %.3f, "p99_ms": %.3f}',
      summary.requests, summary.duration / 1e6, failed, errors.read,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
