# frozen_string_literal: true

# POST /api/generate-courier-jwt for Rails: a Courier token for whoever is signed in, and for nobody else.
# Save it as app/controllers/courier_token_controller.rb, and mount it in config/routes.rb:
#   post '/api/generate-courier-jwt', to: 'courier_token#create'
# It needs Rails 6.1 or later, no other gem, and COURIER_API_KEY in the environment.
# Rails' CSRF protection stays on: the front end sends the token of csrf_meta_tags as X-CSRF-Token.
# The how-to: https://www.courier.com/docs/tutorials/inbox/how-to-send-jwt

require 'net/http'

class CourierTokenController < ApplicationController
  SCOPES = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands'
  EXPIRES_IN = '1d'
  LONGEST_ANSWER = 100_000
  # A gateway that echoes what it is sent would give the key away.
  TOKEN = /\A[\w-]+\.[\w-]+\.[\w-]+\z/
  # A space in an id would add scopes.
  USER_ID = /\A[^\p{Z}\p{C}]{1,256}\z/
  UNREACHABLE = [
    Timeout::Error, SystemCallError, SocketError, IOError, Zlib::Error,
    OpenSSL::SSL::SSLError, Net::ProtocolError, Net::HTTPBadResponse, Net::HTTPHeaderSyntaxError
  ].freeze

  before_action { response.set_header('Cache-Control', 'no-store') }

  def create
    user = session[:user_id].to_s # Put your own way here, such as current_user.id.
    named = params[:userId]
    return refuse(401) if user.empty?
    return refuse(413) if request.content_length.to_i > 10_000
    return refuse(400) unless named.nil? || named.is_a?(String)
    return refuse(400) if params.key?(:_json) # JSON that is no object
    return refuse(403) unless named.nil? || named == user
    return failed(user, 400, 'not a user id') unless user.match?(USER_ID)

    mint(user)
  end

  private

  def mint(user)
    status, text = ask_courier(user)
    token = token_in(text) if status.start_with?('2')
    return failed(user, status.match?(/\A(429|5..)\z/) ? 503 : 502, "status #{status}") unless token

    logger.info("courier token: for #{user.inspect}, #{SCOPES}, #{EXPIRES_IN}")
    render json: { token: token, expiresIn: EXPIRES_IN }
  rescue *UNREACHABLE => e
    failed(user, 503, e.class)
  end

  def ask_courier(user)
    uri = URI("#{(ENV['COURIER_BASE_URL'].presence || 'https://api.courier.com').chomp('/')}/auth/issue-token")
    headers = { 'Authorization' => "Bearer #{api_key}", 'Content-Type' => 'application/json' }
    body = { scope: "user_id:#{user} #{SCOPES}", expires_in: EXPIRES_IN }.to_json
    # Net::HTTP's own timeouts are for each read.
    Timeout.timeout(5) do
      Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https') do |http|
        text = String.new
        response = http.request_post(uri.path, body, headers) do |answer|
          answer.read_body { |piece| raise IOError, 'too long' if (text << piece).bytesize > LONGEST_ANSWER }
        end
        [response.code, text]
      end
    end
  end

  def api_key
    key = ENV['COURIER_API_KEY'].to_s
    # Net::HTTP's own refusal would have the key in it.
    raise 'COURIER_API_KEY is not an API key' unless key.match?(/\A[!-~]+\z/)

    key
  end

  def token_in(text)
    body = JSON.parse(text)
    token = body['token'] if body.is_a?(Hash)
    token if token.is_a?(String) && token.b.match?(TOKEN)
  rescue JSON::ParserError
    nil
  end

  def failed(user, status, reason)
    logger.error("courier token: none for #{user.inspect}: #{reason}")
    refuse(status)
  end

  def refuse(status)
    render json: { error: Rack::Utils::HTTP_STATUS_CODES[status] }, status: status
  end
end
