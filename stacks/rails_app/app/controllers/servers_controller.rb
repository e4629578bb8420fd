# frozen_string_literal: true

require "socket"

# What operators and their tests ask a server: is it well, who is it, what reached it, and "be slow".
class ServersController < ApplicationController
  LONGEST_SLEEP = 10 # seconds

  def up
    ActiveRecord::Base.connection.select_value("SELECT 1 FROM notes LIMIT 1")
    render plain: "ok\n"
  end

  def whoami
    render json: {
      hostname: Socket.gethostname,
      port: ENV["PORT"]&.to_i,
      pid: Process.pid,
      host: request.headers["Host"],
      x_real_ip: request.headers["X-Real-IP"],
      x_forwarded_for: request.headers["X-Forwarded-For"],
      remote_addr: request.headers["REMOTE_ADDR"],
      cookies: request.cookies.keys
    }
  end

  def slow
    seconds = params.fetch(:seconds, 1).to_f.clamp(0, LONGEST_SLEEP)
    sleep seconds
    render plain: "#{ENV['PORT']} slept #{seconds} s\n"
  end
end
