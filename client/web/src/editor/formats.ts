// The formats that Quill knows here: the schema's, and no other. Video and formula are not even loaded.

import { EmbedBlot } from 'parchment';
import Quill from 'quill/core.js';
import { AlignClass } from 'quill/formats/align.js';
import Blockquote from 'quill/formats/blockquote.js';
import Bold from 'quill/formats/bold.js';
import CodeBlock, { Code } from 'quill/formats/code.js';
import { DirectionClass } from 'quill/formats/direction.js';
import { FontClass } from 'quill/formats/font.js';
import Header from 'quill/formats/header.js';
import Image from 'quill/formats/image.js';
import Indent from 'quill/formats/indent.js';
import Italic from 'quill/formats/italic.js';
import Link from 'quill/formats/link.js';
import List from 'quill/formats/list.js';
import Script from 'quill/formats/script.js';
import { SizeClass } from 'quill/formats/size.js';
import Strike from 'quill/formats/strike.js';
import Underline from 'quill/formats/underline.js';
import Cursors from 'quill-cursors/core';
import { OwnHistory } from './history';
import { SafeClipboard } from './clipboard';
import { Mark, Tint } from './colours';
import { isImage, isLink } from './schema';

class SafeLink extends Link {
  static override sanitize(url: string): string {
    return isLink(url) ? url : super.SANITIZED_URL;
  }
}

// SafeImage has nothing but its address. An address that the schema does not allow shows nothing.
class SafeImage extends Image {
  static override create(value: string): Element {
    const node = super.create(value) as HTMLImageElement;
    node.alt = '';
    node.referrerPolicy = 'no-referrer';
    return node;
  }

  static override sanitize(url: string): string {
    return isImage(url) ? url : '//:0';
  }

  static override formats(): Record<string, string | null> {
    return {};
  }

  override format(): void {}
}

// OwnList is a line of a list. It runs as what is written in it does, and the style sheet puts its mark at its beginning.
class OwnList extends List {
  static override create(value: string): HTMLElement {
    const node = super.create(value) as HTMLElement;
    node.dir = 'auto';
    return node;
  }
}

// Divider stands within a line, as every embed of one unit can: a block of its own would need newlines around it that the
// document need not have.
class Divider extends EmbedBlot {
  static override blotName = 'divider';
  static override tagName = 'HR';

  static override value(): boolean {
    return true;
  }
}

export function registerFormats(): void {
  Quill.register(
    {
      'formats/align': AlignClass,
      'formats/background': Mark,
      'formats/blockquote': Blockquote,
      'formats/bold': Bold,
      'formats/code': Code,
      'formats/code-block': CodeBlock,
      'formats/color': Tint,
      'formats/direction': DirectionClass,
      'formats/divider': Divider,
      'formats/font': FontClass,
      'formats/header': Header,
      'formats/image': SafeImage,
      'formats/indent': Indent,
      'formats/italic': Italic,
      'formats/link': SafeLink,
      'formats/list': OwnList,
      'formats/script': Script,
      'formats/size': SizeClass,
      'formats/strike': Strike,
      'formats/underline': Underline,
      'modules/clipboard': SafeClipboard,
      'modules/cursors': Cursors,
      'modules/history': OwnHistory,
    },
    true,
  );
}
