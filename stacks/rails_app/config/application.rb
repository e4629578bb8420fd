# frozen_string_literal: true

# The gems are the distribution's packages (thin, ruby-railties, ruby-activerecord, ruby-sqlite3): there is no Gemfile.
require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"

module NotesApp
  class Application < Rails::Application
    config.load_defaults 6.1
    config.eager_load = true

    # The release is read-only for the servers: they log to standard output, and the supervisor keeps it.
    $stdout.sync = true
    config.logger = ActiveSupport::TaggedLogging.new(ActiveSupport::Logger.new($stdout))
    config.log_level = :info
    config.log_tags = [:request_id]

    # Forms carry a token. Origin cannot be compared as well: nginx passes on `$host`, which has no port, and a
    # browser that came by a forwarded port names that port.
    config.action_controller.forgery_protection_origin_check = false
  end
end
