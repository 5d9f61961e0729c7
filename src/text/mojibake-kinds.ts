/**
 * Kinds of characters by which mojibake is told, as insides of a character class. Made by scripts/make_text_tables.py from
 * the categories of ftfy 6.3.1 (Robyn Speer).
 */
export const KINDS = {
  common: '\u00a0\u00ad\u00b4·–-―’…',
  bad: '¤¦\u00a8ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\ufffd',
  law: '§¶',
  currency: '¢£¥₧€',
  start: '¡©«¿΄΅‘‚“„•‹\uf8ff',
  end: '®»˝”›™',
  numeric: '±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥',
  kaomoji: '°Ò-ÖÙ-Üò-öø-üŌŐŪŲ',
  upperAccented: 'À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ',
  lowerAccented: 'ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ',
  upperCommon: 'ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я',
  lowerCommon: 'ά-ωа-џ',
  box: '│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓',
} as const;
