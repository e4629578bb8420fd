# frozen_string_literal: true

# Every path is well; the query may ask to be slow.
run lambda { |env|
  sleep 0.2 if env["QUERY_STRING"] == "slow"
  [200, { "Content-Type" => "text/plain" }, ["release 1, #{ENV.fetch('KEY').size} letters, #{env['HTTP_X_FORWARDED_FOR']}"]]
}
