publishing-signer-busy = The office's signer (service langso-signer) is busy; the machine tries again by itself.
publishing-folder = Cannot write into { $folder }: { $why }; make room on the disk.
publishing-alarms-full = Too many emergencies are in force at once; end some of them, then send again.
publishing-catalogue-damaged = The file { $path } is damaged; copy it back from the backup.
publishing-catalogue-long = The catalogue is too long; take entries out, then try again.
publishing-catalogue-unsigned = It is written into the catalogue but could not be signed, so kiosks do not know it yet; the office signs it by itself later. { $why }
publishing-account-wrong = The account is wrong: a bank's code has 6 digits, an account's number at most 19 digits and letters; look at it again.
publishing-failed = The office had an error with a message; look at the journal.
