cli-machine-speaker = a loudspeaker
cli-machine-kiosk = a kiosk
cli-machine-office = an office machine
cli-machine-developer = a developer's machine
cli-not-carried = This machine's package does not carry what “{ $called }” needs ({ $library } is missing); run it on { $where }.
