import { readSecretFile } from '@tacet/service';
import { requireSetting, settingNames, type Settings } from './settings.ts';

/** Reads the PostgreSQL URL of an instance from its file (0600). Throws an `Error` that names the setting, never the URL. */
export function readUrlFile(settings: Settings, name: 'postgresUrlFile' | 'keystoreUrlFile'): string {
  const { variable } = settingNames[name];
  const url = readSecretFile(variable, requireSetting(settings, name)).trim();
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new Error(`${variable}: the file does not hold one postgres:// URL`);
  return url;
}

/** The role that a URL logs in as. */
export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

/** Server and database of a URL, to be shown: no role and no password. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
