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
  # A space in an id would add scopes.
  USER_ID = /\A[^\p{Z}\p{C}]{1,256}\z/
  UNREACHABLE = [
    Timeout::Error, SystemCallError, SocketError, IOError,
    OpenSSL::SSL::SSLError, Net::ProtocolError, Net::HTTPBadResponse
  ].freeze

  before_action { response.set_header('Cache-Control', 'no-store') }

  def create
    user = session[:user_id].to_s # Put your own way here, such as current_user.id.
    named = params[:userId]
    return refuse(401) if user.empty?
    return refuse(413) if request.content_length.to_i > 10_000
    return refuse(400) unless user.match?(USER_ID) && (named.nil? || named.is_a?(String))
    return refuse(400) if params.key?(:_json) # JSON that is no object
    return refuse(403) unless named.nil? || named == user

    mint(user)
  end

  private

  def mint(user)
    response = ask_courier(user)
    token = token_in(response)
    return failed(user, response.code.match?(/\A(429|5..)\z/) ? 503 : 502, "status #{response.code}") unless token

    logger.info("courier token: for #{user.inspect}, #{SCOPES}, #{EXPIRES_IN}")
    render json: { token: token, expiresIn: EXPIRES_IN }
  rescue *UNREACHABLE => e
    failed(user, 503, e.class)
  end

  def ask_courier(user)
    uri = URI("#{(ENV['COURIER_BASE_URL'].presence || 'https://api.courier.com').chomp('/')}/auth/issue-token")
    headers = { 'Authorization' => "Bearer #{api_key}", 'Content-Type' => 'application/json' }
    body = { scope: "user_id:#{user} #{SCOPES}", expires_in: EXPIRES_IN }.to_json
    options = { use_ssl: uri.scheme == 'https', open_timeout: 5, read_timeout: 5, write_timeout: 5 }
    Net::HTTP.start(uri.host, uri.port, options) { |http| http.post(uri.path, body, headers) }
  end

  def api_key
    key = ENV['COURIER_API_KEY'].to_s
    # Net::HTTP's own refusal would have the key in it.
    raise 'COURIER_API_KEY is not an API key' unless key.match?(/\A[!-~]+\z/)

    key
  end

  def token_in(response)
    body = JSON.parse(response.body) if response.is_a?(Net::HTTPSuccess)
    body['token'] if body.is_a?(Hash) && body['token'].is_a?(String)
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
