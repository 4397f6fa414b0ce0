village-trial = The trial village
village-founding = Building the village: root keys, office, pairing each device …
village-evidence = Evidence: { $file }
village-stopped = The whole village has stopped.
village-other-things = Folder { $place } has other things in it; choose an empty one ({ $where }).
village-runs = The village is running.
village-pages = { "  " }The office's web pages: { $url }
village-login = { "  " }User and password:      { $name }  /  { $password }   (for this run only)
village-codes = { "  " }Codes to confirm by:    each once; for more:  langso office signer codes { $name } --settings { $settings }
village-recordings = { "  " }What a speaker said:    { $folder }  (FLAC, a file a minute)
village-papers = { "  " }Papers for the kiosk:   copy images into { $folder }
village-no-screen = { "  " }This machine has no screen; see the kiosk with:  xvfb-run .venv/bin/langso kiosk run --settings { $settings }   (or in pictures: langso kiosk shots)
village-logs = { "  " }Logs:                   { $logs }
village-ctrl-c = Ctrl-C stops everything.
village-recording-large = The recording { $flac } is too large; delete some.
village-recording-no-times = The recording { $flac } lacks its file of times { $name }; record again.
village-recording-kind = The recording { $flac } is not 48 kHz mono; record again.
village-no-recording = There is no recording in { $folder }; start the village's recorder first.
village-recording-short = The recording is shorter than the sound looked for; record longer.
village-no-folder = Cannot make folder { $out }: { $why }; choose another one.
village-recorder = The recorder
village-recorded = { $seconds } seconds recorded into { $out }.
village-died =
    { $what }: “{ $name }” ended by itself. The last words of its log:
    { $words }
village-waited =
    { $what }: not done after { $seconds } seconds.
    { $words }
village-starts-broker = { "  " }broker (Mosquitto, TLS)
village-starts-speaker = { "  " }{ $place } ({ $device })
village-starts-kiosk = { "  " }kiosk { $place }
village-starts-office = { "  " }office: signer and web pages
village-office-pages = the office's web pages
village-no-account = The office's account could not be made: { $said }
village-ended = “{ $name }” ended by itself.
village-ended-saying =
    “{ $name }” ended by itself. Its last words:
    { $words }
