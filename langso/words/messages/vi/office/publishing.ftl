publishing-signer-busy = Người ký của văn phòng (dịch vụ langso-signer) đang bận; máy tự thử lại.
publishing-folder = Không ghi được vào { $folder }: { $why }; hãy dọn bớt ổ đĩa.
