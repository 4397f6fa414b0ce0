sending-no-key = The machine lacks the commune's key, so nothing can be sent yet; please call the staff.
sending-too-large = The dossier is too large; please take pages out and send them in parts.
sending-bad-key = The commune's key is damaged, so nothing can be sent yet; please call the staff.
sending-no-room = The machine cannot keep the papers (memory full or damaged); please keep them and tell the staff.
sending-no-place = the office's answer lacks an address to send to
sending-forgotten = the office has forgotten the part sent, all is sent again
sending-elsewhere = the office points to another machine, nothing is sent there
sending-too-much = the office says it has more than was sent
sending-unclear = the office does not say how much it has
sending-stopping = the machine is stopping, it is sent later
sending-other-offset = the office is elsewhere in the file, it is asked again
sending-no-byte = the office took no further byte
sending-answer = the office answers { $status }
sending-answer-said = the office answers { $status }: { $said }
# In the manifest, which is not encrypted: it does not say what paper it is.
sending-unnamed = Papers
