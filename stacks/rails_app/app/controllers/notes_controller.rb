# frozen_string_literal: true

class NotesController < ApplicationController
  def index
    @note = Note.new
    @notes = Note.latest
  end

  def create
    @note = Note.new(params.require(:note).permit(:body))
    return redirect_to root_path if @note.save

    @notes = Note.latest
    render :index, status: :unprocessable_entity
  end
end
