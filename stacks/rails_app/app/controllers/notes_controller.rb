# frozen_string_literal: true

class NotesController < ApplicationController
  def index
    @note = Note.new
    @notes = Note.latest
  end

  # The same for everybody, so that caches may keep it.
  def latest
    expires_in 1.minute, public: true
    render json: latest_notes
  end

  def create
    @note = Note.new(params.require(:note).permit(:body))
    if @note.save
      PageCache.write("#{request.host}/notes.json", latest_notes)
      return redirect_to root_path
    end

    @notes = Note.latest
    render :index, status: :unprocessable_entity
  end

  private

  def latest_notes
    Note.latest.to_json(only: %i[body created_at])
  end
end
