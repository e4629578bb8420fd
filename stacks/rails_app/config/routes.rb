# frozen_string_literal: true

Rails.application.routes.draw do
  root "notes#index"
  resources :notes, only: :create
  get "notes.json", to: "notes#latest"

  get "up", to: "servers#up"
  get "whoami", to: "servers#whoami"
  get "slow", to: "servers#slow"
end
