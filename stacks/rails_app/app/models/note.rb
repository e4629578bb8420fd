# frozen_string_literal: true

class Note < ApplicationRecord
  validates :body, presence: true, length: { maximum: 280 }

  scope :latest, -> { order(id: :desc).limit(20) }
end
