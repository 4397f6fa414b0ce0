signer-heads-damaged = Tệp { $path } của người ký bị hỏng; hãy chép lại từ bản sao lưu.
