signer-heads-damaged = The signer's file { $path } is damaged; copy it back from the backup.
