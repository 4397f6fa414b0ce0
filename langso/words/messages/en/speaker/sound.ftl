sound-no-element = The GStreamer part { $factory } is missing; install gstreamer1.0-plugins-base and -good.
sound-no-gstreamer = GStreamer for Python is missing; install python3-gi and gir1.2-gstreamer-1.0 and run again.
sound-not-running = not running yet
sound-stopped = stopped
sound-cannot-play = The loudspeaker cannot play ({ $why }); check the cable and the sound device.
sound-cannot-sound = Sound cannot be played: { $why }.
sound-check-device = Check the cable, the sound device and speaker.sink.
sound-pipe-unheard = Nobody listens at the sound pipe yet.
sound-start-recorder = Start the village's recorder.
sound-good = Sound works well.
sound-part-missing = a GStreamer part is missing ({ $why })
sound-device-silent = the sound device does not answer
sound-stream-stopped = the sound stream stopped
sound-no-pipe = Cannot make the sound pipe { $path }: { $why }; check the folder's permissions.
sound-is-no-pipe = { $path } is not a sound pipe (named pipe); change speaker.sink or delete that file.
sound-no-decoder = There is no decoder for sound of kind { $codec }; export the file again.
sound-relay-address = Only http or https streams can be relayed; correct the stream's address.
sound-decoder-not-linked = The sound decoder cannot be connected; install GStreamer again.
sound-test-title = Loudspeaker test
sound-relay-cut = the relayed stream was cut off
sound-hangs = The sound player hangs.
sound-held =
    { $count ->
        [one] { $count } sound has
       *[other] { $count } sounds have
    } ended more than { $seconds } seconds ago and cannot be freed; other sounds play on.
sound-held-fix = Check the network, the relay's address and the memory card; the loudspeaker restarts when silent if there are too many.
sound-too-many-held = Too many sounds have ended and cannot be freed ({ $count }); the loudspeaker takes no more now.
sound-takes-nothing = the sound device takes no sound any more
sound-heard-well = The sensors heard the last programme.
sound-heard-relay = The last programme did not sound: the amplifier's relay was not closed.
sound-heard-relay-fix = Check the board, the mute switch and the amplifier's power.
sound-heard-cable = The last programme did not sound: no current flowed to the loudspeaker.
sound-heard-cable-fix = Check the cable from the amplifier to the horn.
sound-heard-horn = The last programme did not sound: current flowed to the horn, but the microphone heard nothing of it.
sound-heard-horn-fix = Check the horn's driver and the microphone on the pole.
sound-heard-signal = The last programme did not sound: the amplifier was on and got no sound.
sound-heard-signal-fix = Check the audio cable from this machine to the amplifier, and which source is selected.
sound-heard-wrong = The loudspeaker has just played something else, not the commune's programme.
sound-heard-wrong-fix = Check what the amplifier is connected to: it may be receiving a foreign FM station.
sound-card-muted = The sound card is muted: { $names }.
sound-card-unmute = Unmute it with alsamixer; the loudspeaker has tried in vain.
sound-card-was-muted = The sound card was muted ({ $names }); the loudspeaker has turned it on again.
sound-card-who = Ask who did it; whoever wants silence uses langso speaker mute on.
sound-server-muted = The sound server's output is muted: { $names }.
sound-server-unmute = Unmute it with pavucontrol or pactl; the loudspeaker has tried in vain.
sound-server-was-muted = The sound server's output was muted ({ $names }); the loudspeaker has turned it on again.
