# frozen_string_literal: true

require "socket"

# Pages in memcached, which nginx looks up before it asks anybody else. Each server of MEMCACHED_SERVERS gets all of
# them; one that does not answer goes without, and its visitors come here.
module PageCache
  SERVERS = ENV.fetch("MEMCACHED_SERVERS", "").split.freeze
  EXPIRES_IN = 3600 # seconds
  PATIENCE = 0.25 # seconds
  KEY = /\A[!-~]{1,250}\z/ # what memcached takes

  def self.write(key, page)
    return unless KEY.match?(key)

    SERVERS.each do |server|
      Socket.tcp(*server.split(":"), connect_timeout: PATIENCE) do |connection|
        connection.write("set #{key} 0 #{EXPIRES_IN} #{page.bytesize}\r\n#{page}\r\n")
        IO.select([connection], nil, nil, PATIENCE)
      end
    rescue SystemCallError => e
      Rails.logger.warn("memcached #{server}: #{e.message}")
    end
  end
end
