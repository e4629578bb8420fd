# frozen_string_literal: true

# All servers of the box start at the same moment, and SQLite has no advisory lock for migrations: the first one
# migrates, the others wait for it and find nothing left to do.
Rails.application.config.after_initialize do
  database = Rails.configuration.database_configuration.fetch(Rails.env).fetch("database")

  File.open("#{database}.lock", File::RDWR | File::CREAT, 0o600) do |lock|
    lock.flock(File::LOCK_EX)
    ActiveRecord::Base.connection.execute("PRAGMA journal_mode = WAL")
    # Rails 7.2 has it at the pool, 6.1 at the connection.
    pool = ActiveRecord::Base.connection_pool
    (pool.respond_to?(:migration_context) ? pool : ActiveRecord::Base.connection).migration_context.migrate
    # No server that is forked from this process inherits the connection.
    ActiveRecord::Base.connection_handler.clear_all_connections!
  end
end
