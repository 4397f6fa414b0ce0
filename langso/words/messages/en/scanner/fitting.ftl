fitting-no-picture = The picture { $name } cannot be read; look at the folder of data.
fitting-no-manifest = { $file } does not tell pictures and corners as it must; make the data anew.
