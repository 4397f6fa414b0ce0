publishing-signer-busy = The office's signer (service langso-signer) is busy; the machine tries again by itself.
publishing-folder = Cannot write into { $folder }: { $why }; make room on the disk.
