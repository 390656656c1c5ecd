// The posts of `make dev SEED=demo`: in several languages, with headings, lists, code and pictures, for the start page.
export interface DemoPost {
  readonly author: string
  readonly language: string
  readonly title: string
  readonly body: string
  readonly tags: readonly string[]
  readonly daysAgo: number
  /** The name that its picture is drawn from; some posts have none. */
  readonly picture?: string
  readonly favoriteOf: readonly string[]
  readonly comments: readonly (readonly [author: string, text: string])[]
}

export const posts: readonly DemoPost[] = [
  {
    author: 'maya',
    language: 'en',
    title: 'The sound of a good hub',
    body: `A customer brought in a bicycle last week and said only: *"It used to be quieter."*

Bearings tell you what is wrong before you open them. A dry one hisses. A pitted one ticks once per turn, always at the
same place. A hub that was adjusted too tight growls when you lean.

What I do, in this order:

1. Spin the wheel with the chain off, and listen.
2. Hold the frame, not the wheel: your hand hears better than your ear.
3. Only then take out the spanners.

It was the bottom bracket, of course. It nearly always is.`,
    tags: ['bicycles', 'repair'],
    daysAgo: 1,
    picture: 'harbour-morning',
    favoriteOf: ['jonas', 'kenji', 'tomasz', 'lucia'],
    comments: [
      ['tomasz', 'Same with old receivers: the hum tells you which capacitor.'],
      ['lucia', 'I will never lean on my bicycle without listening again.'],
    ],
  },
  {
    author: 'jonas',
    language: 'de',
    title: 'Warum mein Sauerteig Urlaub macht',
    body: `Im August steht die Backstube bei 34 Grad, und der Teig ist schneller als ich. Seit drei Jahren fährt mein
Anstellgut deshalb in den Keller.

**Was sich bewährt hat**

- Verhältnis 1 : 5 : 5 statt 1 : 2 : 2
- Wasser aus dem Kühlschrank
- Fütterung um 22 Uhr, nicht um 18 Uhr

Das Brot schmeckt milder, und ich schlafe eine Stunde länger. Wer sagt, dass nur Menschen Ferien brauchen?`,
    tags: ['brot', 'sauerteig'],
    daysAgo: 2,
    picture: 'wheat-fields',
    favoriteOf: ['amelie', 'maya'],
    comments: [
      ['amelie', "Mon levain part aussi à la cave. Il s'appelle Gaston."],
      ['jonas', 'Meiner heißt Herbert. Sie sollten sich kennenlernen.'],
    ],
  },
  {
    author: 'kenji',
    language: 'ja',
    title: '能登鉄道、冬の一番列車',
    body: `六時四分発。車内には私と、魚の箱を抱えた女性だけでした。

穴水まで一時間、海はずっと左側にあります。窓が曇るので、袖で小さな丸を拭いて覗きます。

> 急がない列車ほど、よく停まる駅の名前を覚えられる。

駅ごとに名前を声に出して読んでみました。七つ目で、向かいの女性も一緒に読み始めました。`,
    tags: ['旅', '鉄道'],
    daysAgo: 3,
    picture: 'winter-coast',
    favoriteOf: ['maya', 'tomasz', 'lucia'],
    comments: [['maya', 'I read this with a translator and still heard the stations.']],
  },
  {
    author: 'lucia',
    language: 'es',
    title: 'Leer en voz alta a los nueve años',
    body: `A los nueve años ya saben leer solos, y por eso mismo hay que seguir leyéndoles.

Cada viernes, la última media hora es de Julio Verne. Nadie toma apuntes, nadie contesta preguntas. Solo escuchan, y
algunos dibujan el submarino.

Ayer, Marcos levantó la mano y dijo: «Profe, ¿puede leer más despacio? Es que ya se acaba».`,
    tags: ['escuela', 'libros'],
    daysAgo: 4,
    picture: 'evening-window',
    favoriteOf: ['ines', 'maya', 'kenji'],
    comments: [
      ['ines', 'Que bonito. A minha avó lia-nos o jornal, até os anúncios.'],
      ['maya', 'Marcos is right, and so are you.'],
    ],
  },
  {
    author: 'amelie',
    language: 'fr',
    title: 'Des abeilles au quatrième étage',
    body: `On me demande toujours si les voisins ont peur. Les voisins ont du miel, donc non.

Deux ruches sur un toit, c'est surtout de l'observation : le matin, dix minutes à regarder la planche d'envol apprennent
plus que deux heures cadre en main.

| mois | ce qu'elles rapportent |
|---|---|
| avril | le saule et le pissenlit |
| juin | les tilleuls de la place |
| août | presque rien : je ne touche plus à rien |`,
    tags: ['abeilles', 'jardin'],
    daysAgo: 6,
    picture: 'rooftops',
    favoriteOf: ['jonas', 'ines', 'lucia', 'maya'],
    comments: [['jonas', 'Lindenhonig auf Roggenbrot. Ich komme vorbei.']],
  },
  {
    author: 'ines',
    language: 'pt',
    title: 'Treze graus',
    body: `Em janeiro o mar está a treze graus, e a pergunta nunca é se está fria. A pergunta é se respiras.

Entro devagar até à cintura, conto até vinte, e só depois mergulho. Cinco minutos chegam. O café a seguir é metade da
razão.

- Touca, sempre
- Nunca sozinha
- Roupa quente **em cima** do saco, não no fundo`,
    tags: ['mar', 'natação'],
    daysAgo: 8,
    picture: 'cold-water',
    favoriteOf: ['lucia', 'amelie'],
    comments: [
      ['lucia', 'Trece grados. Yo miro desde la toalla.'],
      ['ines', 'A toalha também é um sítio importante.'],
    ],
  },
  {
    author: 'tomasz',
    language: 'pl',
    title: 'Cisza na czterdziestu metrach',
    body: `Wczoraj o trzeciej nad ranem pasmo 40 m było puste. Żadnego sygnału, tylko szum i raz na minutę trzask z gór.

Po dwudziestu minutach odezwał się ktoś z Azorów. Moc 5 W, antena z drutu. Rozmawialiśmy o pogodzie, bo o czym innym.

To dziwne, jak blisko jest ktoś, kogo ledwo słychać.`,
    tags: ['radio'],
    daysAgo: 11,
    favoriteOf: ['kenji'],
    comments: [['kenji', '静けさにも波長があるのですね。']],
  },
  {
    author: 'maya',
    language: 'en',
    title: 'Notes on a wheel that would not stay true',
    body: `Three evenings, one wheel. Every time I had it straight, it was crooked again by morning.

The spokes were fine. The rim was fine. The **nipples** had been threaded with oil instead of linseed, and unscrewed
themselves overnight, one eighth of a turn at a time.

There is a lesson about small forces and long nights here, but mostly there is a lesson about linseed oil.`,
    tags: ['bicycles', 'repair', 'wheels'],
    daysAgo: 15,
    picture: 'workshop-dusk',
    favoriteOf: ['tomasz', 'jonas'],
    comments: [],
  },
]
