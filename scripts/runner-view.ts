// Shows a step's output as GitHub's runner does: commands carried out, secrets masked; must not know what it shows.

const COMMAND = /^::([a-z-]+)(?: ([^:]*))?::(.*)$/;

/** A sink for output in any pieces that hands whole lines on to `show`. */
export function runnerView(show: (line: string) => void): (piece: string) => void {
  const masks: string[] = [];
  let rest = '';
  let indent = '';
  const showLine = (line: string) => {
    const [, command, properties = '', data = ''] = COMMAND.exec(line) ?? [];
    const text = unescaped(data);
    if (command === undefined) return show(indent + masked(line, masks));
    if (command === 'add-mask') masks.push(text);
    if (command === 'group') show(`▾ ${masked(text, masks)}`);
    if (command === 'group' || command === 'endgroup') indent = command === 'group' ? '  ' : '';
    if (command === 'error' || command === 'warning' || command === 'notice') {
      const title = unescaped(/(?:^|,)title=([^,]*)/.exec(properties)?.[1] ?? '');
      show(`${command.toUpperCase()}: ${masked([title, text].filter(Boolean).join(' – '), masks)}`);
    }
  };
  return piece => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) showLine(line);
  };
}

function masked(text: string, masks: readonly string[]): string {
  return masks.reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
}

function unescaped(text: string): string {
  return text
    .replace(/%3A/g, ':')
    .replace(/%2C/g, ',')
    .replace(/%0A/g, '\n')
    .replace(/%0D/g, '\r')
    .replace(/%25/g, '%');
}
