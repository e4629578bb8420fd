# frozen_string_literal: true

require "json"

# Every path is well; the query may ask to be slow, or what the application was told.
run lambda { |env|
  sleep 0.2 if env["QUERY_STRING"] == "slow"
  if env["QUERY_STRING"] == "told"
    headers = env.select { |name, _| name.start_with?("HTTP_") }
    told = { headers: headers, client: env["HTTP_X_FORWARDED_FOR"], protocol: env["rack.url_scheme"] }
    next [200, { "Content-Type" => "application/json" }, [JSON.generate(told)]]
  end
  [200, { "Content-Type" => "text/plain" }, ["release 1, #{ENV.fetch('KEY').size} letters, #{env['HTTP_X_FORWARDED_FOR']}"]]
}
