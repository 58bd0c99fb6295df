# shellcheck shell=bash
# What XRootD's own client says, for each way in which a file can be had or not.
program xrootd "$(told version)"
url=$(told url)
folder=/$(told files)

# With its defaults the client waits for eight minutes, or without end.
export XRD_CONNECTIONRETRY=1 XRD_CONNECTIONWINDOW=3 XRD_TIMEOUTRESOLUTION=1

record stat xrdfs "$url" stat "$folder/uproot-HZZ.root"
record stat-folder xrdfs "$url" stat "$folder"
record ls xrdfs "$url" ls /store/mc
record ls-long xrdfs "$url" ls -l "$folder"
record ls-none xrdfs "$url" ls /store/none
record ls-of-a-file xrdfs "$url" ls "$folder/uproot-HZZ.root"
record stat-none xrdfs "$url" stat "$folder/none.root"
record copy-none xrdcp -s "$url$folder/none.root" -
record copy-forbidden xrdcp -s "$url$folder/secret.root" -
record copy-folder xrdcp -s "$url$folder" copy
record remove-read-only xrdfs "$url" rm "$folder/uproot-HZZ.root"
record refused xrdfs "$(told refusedUrl)" stat "$folder/uproot-HZZ.root"
record silent xrdfs "$(told silentUrl)" stat "$folder/uproot-HZZ.root"
record expired env XRD_REQUESTTIMEOUT=3 xrdfs "$(told silentUrl)" stat "$folder/uproot-HZZ.root"
record unknown-host xrdfs root://no-such-host.invalid/ stat /x.root
record no-address xrdcp -s root:// copy
record no-ticket env KRB5CCNAME=FILE:none xrdfs "$(told kerberosUrl)" stat "$folder/uproot-HZZ.root"
record query-config xrdfs "$url" query config version
record locate xrdfs "$url" locate "$folder/uproot-HZZ.root"
