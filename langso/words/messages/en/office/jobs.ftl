jobs-full = { $waiting } sounds are waiting to be made; wait a minute, then try again. What you typed is still here.
jobs-enough = Too much was spoken to listen to in this hour; send the broadcast, or listen again in an hour. What you typed is still there.
jobs-gone = This sound is no longer being made; press again.
jobs-given-up = Making the sound was interrupted twice; press again, and if it stays so tell the technician.
jobs-broken = The office's machine failed while making the sound; press again, and if it stays so tell the technician.
jobs-waiting = Waiting for the sound to be made
jobs-working = Making the sound
jobs-left-moment = a few seconds left
jobs-left-seconds = about { $seconds } seconds left
jobs-left-minutes =
    { $minutes ->
        [one] about a minute left
       *[other] about { $minutes } minutes left
    }
jobs-cancel = Cancel
jobs-press-again = Making the sound ({ $percent }%); wait a few seconds, then press Listen again.
jobs-not-sent = NOT SENT: { $why }
jobs-sending = The sound is being made; then the broadcast goes into the calendar by itself. You may leave this page.
jobs-cancelled = Cancelled, the broadcast was not sent. Its text is still here; press Edit and send again when needed.
jobs-again = Edit and send again
