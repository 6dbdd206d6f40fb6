#!/usr/bin/env bash
# Verbatim but for this comment: Sam Cogan, "Securing Cloud Shell Access to AKS", Microsoft Tech Community, 2025-09-02,
# https://techcommunity.microsoft.com/t5/apps-on-azure-blog/securing-cloud-shell-access-to-aks/ba-p/4450299
set -euo pipefail
RG="$1"; AKS="$2"
IP="$(curl -fsS https://api.ipify.org)"
echo "Adding ${IP} to allow list"
CUR="$(az aks show -g "$RG" -n "$AKS" --query "apiServerAccessProfile.authorizedIpRanges" -o tsv | tr '\t' '\n' | awk 'NF')"
NEW="$(printf "%s\n%s/32\n" "$CUR" "$IP" | sort -u | paste -sd, -)"
if az aks update -g "$RG" -n "$AKS" --api-server-authorized-ip-ranges "$NEW" >/dev/null; then
  echo "IP ${IP} applied successfully"
else
  echo "Failed to apply IP ${IP}" >&2; exit 1
fi
